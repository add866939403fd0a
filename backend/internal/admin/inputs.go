package admin

// Inputs of operations: parameters of path and query, and the body. Every value is validated by its tags before a handler sees it.
type (
	noInput struct{}

	sessionInput struct{ Body Credentials }
	tokenInput   struct{ Body TokenRequest }
	refreshInput struct{ Body RefreshRequest }
	revokeInput  struct{ Body RevokeRequest }

	createAccountInput struct{ Body NewAccount }
	accountInput       struct {
		Name string `path:"name" maxLength:"64"`
	}

	createUserInput struct{ Body NewUser }
	userInput       struct {
		AccessKey string `path:"accessKey" maxLength:"128"`
	}
	policiesInput struct {
		AccessKey string `path:"accessKey" maxLength:"128"`
		Body      Policies
	}

	listBucketsInput struct {
		Search string `query:"search" maxLength:"63" doc:"Part of the name"`
		Sort   string `query:"sort" enum:"name,created,objects,bytes" default:"name"`
		Order  string `query:"order" enum:"asc,desc" default:"asc"`
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor string `query:"cursor" maxLength:"4096"`
	}
	createBucketInput struct{ Body NewBucket }
	getBucketInput    struct {
		Bucket string `path:"bucket" maxLength:"63"`
	}
	deleteBucketInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
	}
	getVersioningInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
	}
	setVersioningInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   struct {
			Versioning string `json:"versioning" enum:"Enabled,Suspended"`
		}
	}

	lifecycleHistoryInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
	}
	previewLifecycleInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   LifecyclePreviewRequest
	}
	getQuotaInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
	}
	setQuotaInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   QuotaLimits
	}

	listObjectsInput struct {
		Bucket    string `path:"bucket" maxLength:"63"`
		Prefix    string `query:"prefix" maxLength:"1024"`
		Delimiter string `query:"delimiter" maxLength:"1024" doc:"Usually a slash; absent for all keys below the prefix"`
		Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor    string `query:"cursor" maxLength:"4096"`
		Count     bool   `query:"count" doc:"Tell the total, as far as it can be counted in a moment"`
	}
	searchInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Prefix string `query:"prefix" maxLength:"1024"`
		Query  string `query:"query" required:"true" minLength:"1" maxLength:"1024" doc:"Part of what follows the prefix, in any case"`
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor string `query:"cursor" maxLength:"4096"`
	}
	objectInput struct {
		Bucket    string `path:"bucket" maxLength:"63"`
		Key       string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		VersionID string `query:"versionId" maxLength:"64" doc:"Absent for the current version"`
	}
	deleteObjectInput struct {
		Bucket    string `path:"bucket" maxLength:"63"`
		Key       string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		VersionID string `query:"versionId" maxLength:"64" doc:"Absent to delete the current version, or to have a delete marker come"`
	}
	versionsInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Key    string `query:"key" maxLength:"1024" doc:"Only versions of this key"`
		Prefix string `query:"prefix" maxLength:"1024" doc:"Only versions of keys below this"`
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor string `query:"cursor" maxLength:"4096"`
	}
	copyInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   CopyRequest
	}
	moveInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   MoveRequest
	}
	renameInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   RenameRequest
	}
	folderInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   FolderRequest
	}
	presignInput struct{ Body PresignRequest }

	putContentInput struct {
		Bucket      string `path:"bucket" maxLength:"63"`
		Key         string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		ContentType string `header:"Content-Type" maxLength:"256" doc:"Kept with the object"`
		IfNoneMatch string `header:"If-None-Match" enum:"*" doc:"* refuses with PreconditionFailed when the key exists"`
	}
	getContentInput struct {
		Bucket      string `path:"bucket" maxLength:"63"`
		Key         string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		VersionID   string `query:"versionId" maxLength:"64"`
		Range       string `header:"Range" maxLength:"256" doc:"One range of bytes; more than one is answered whole"`
		IfRange     string `header:"If-Range" maxLength:"128"`
		IfMatch     string `header:"If-Match" maxLength:"1024"`
		IfNoneMatch string `header:"If-None-Match" maxLength:"1024"`
	}
	zipTicketInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   ZipRequest
	}
	zipInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Ticket string `query:"ticket" required:"true" minLength:"1" maxLength:"128"`
	}
	createUploadInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Body   UploadRequest
	}
	listUploadsInput struct {
		Bucket string `path:"bucket" maxLength:"63"`
		Prefix string `query:"prefix" maxLength:"1024"`
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor string `query:"cursor" maxLength:"4096"`
	}
	uploadInput struct {
		Bucket   string `path:"bucket" maxLength:"63"`
		UploadID string `path:"uploadId" maxLength:"64"`
		Key      string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
	}
	listPartsInput struct {
		Bucket   string `path:"bucket" maxLength:"63"`
		UploadID string `path:"uploadId" maxLength:"64"`
		Key      string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
		After    int    `query:"after" minimum:"0" maximum:"10000"`
		Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"1000"`
	}
	putPartInput struct {
		Bucket   string `path:"bucket" maxLength:"63"`
		UploadID string `path:"uploadId" maxLength:"64"`
		Number   int    `path:"number" minimum:"1" maximum:"10000"`
		Key      string `query:"key" required:"true" minLength:"1" maxLength:"1024"`
	}
	completeInput struct {
		Bucket   string `path:"bucket" maxLength:"63"`
		UploadID string `path:"uploadId" maxLength:"64"`
		Body     CompleteRequest
	}

	bulkDeleteInput struct{ Body BulkDelete }
	bulkCopyInput   struct{ Body BulkCopy }
	jobInput        struct {
		ID string `path:"id" maxLength:"64"`
	}
)

// output wraps a body as huma wants it.
type output[T any] struct{ Body T }

func answer[T any](body T) *output[T] { return &output[T]{Body: body} }

// noBody answers 204.
type noBody struct{}

// healthOutput has another status while the server cannot serve.
type healthOutput struct {
	Status int
	Body   Health
}

// headOutput is a status alone.
type headOutput struct{ Status int }
