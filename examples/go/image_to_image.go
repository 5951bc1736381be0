// Image to image with net/http: go run image_to_image.go <file or URL> "<instruction>" [output]
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
)

type job struct {
	ID     string `json:"job_id"`
	Status string `json:"status"`
	Result struct {
		URLs  []string `json:"urls"`
		Error string   `json:"error"`
	} `json:"result"`
}

var server = withDefault(os.Getenv("AFTERIMAGE_URL"), "http://127.0.0.1:4500")

func withDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// toImage leaves a URL as it is and sends a file as a data URI, right inside the request.
func toImage(source string) (string, error) {
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		return source, nil
	}
	content, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	return "data:" + http.DetectContentType(content) + ";base64," + base64.StdEncoding.EncodeToString(content), nil
}

func call(method, path string, body any) (job, error) {
	var answer job
	payload, err := json.Marshal(body)
	if err != nil {
		return answer, err
	}
	request, err := http.NewRequest(method, server+path, bytes.NewReader(payload))
	if err != nil {
		return answer, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("AFTERIMAGE_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return answer, fmt.Errorf("%s: %s", response.Status, text)
	}
	return answer, json.NewDecoder(response.Body).Decode(&answer)
}

func waitFor(id string) (job, error) {
	for {
		current, err := call(http.MethodGet, "/jobs/"+id, nil)
		if err != nil {
			return current, err
		}
		switch current.Status {
		case "completed":
			return current, nil
		case "failed", "cancelled":
			return current, fmt.Errorf("job %s: %s", current.Status, current.Result.Error)
		}
		fmt.Printf("Job %s: %s\n", id, current.Status)
		time.Sleep(2 * time.Second)
	}
}

// save downloads a result. Its address is public: no Authorization is sent with it.
func save(url, path string) error {
	response, err := http.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(file, response.Body)
	return err
}

func main() {
	if len(os.Args) < 3 {
		log.Fatal(`usage: image_to_image <file or URL> "<instruction>" [output]`)
	}
	image, err := toImage(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	input := map[string]any{"image_urls": []string{image}, "prompt": os.Args[2]}
	submitted, err := call(http.MethodPost, "/generate/image/google/nano-banana-pro", input)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Job %s: %s\n", submitted.ID, submitted.Status)
	completed, err := waitFor(submitted.ID)
	if err != nil {
		log.Fatal(err)
	}
	url := completed.Result.URLs[0]
	name, _, _ := strings.Cut(url, "?")
	output := "result" + path.Ext(name)
	if len(os.Args) > 3 {
		output = os.Args[3]
	}
	if err := save(url, output); err != nil {
		log.Fatal(err)
	}
	fmt.Println("Saved", output)
}
